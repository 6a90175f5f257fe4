# The tables that yardstick's documentation and tests compute with: Rscript scripts/parity/yardstick_data.R test/fixtures/parity/metrics
#
# They are in the package modeldata (MIT) as well, from which they are taken (1.1.0). hpc_cv: class probabilities of a
# linear discriminant analysis of the HPC data (Kuhn and Johnson, Applied Predictive Modeling, 2013), ten folds; solubility_test: predictions of
# solubility, of the same book; two_class_example: simulated.
folder <- commandArgs(trailingOnly = TRUE)[[1]]
for (name in c("two_class_example", "hpc_cv", "solubility_test")) {
  data(list = name, package = "modeldata")
  table <- get(name)
  # 15 digits, the shortest that are still that number.
  number <- vapply(table, is.numeric, logical(1))
  table[number] <- lapply(table[number], function(values) vapply(values, format, "", digits = 15))
  utils::write.csv(table, file.path(folder, paste0(name, ".csv")), row.names = FALSE, quote = FALSE)
}
