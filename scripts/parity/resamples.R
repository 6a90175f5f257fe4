# What rsample deals, for test/data/resamples.test.ts: Rscript scripts/parity/resamples.R test/fixtures/parity/resamples.json
#
# - The rows of the methods that draw nothing at random, row by row (from 0).
# - Ids and numbers of rows of those that do, and of each stratum in them.
# - The strata of make_strata() itself, for columns without missing values and without rare classes.
suppressMessages(library(rsample))
library(jsonlite)
target <- commandArgs(trailingOnly = TRUE)[[1]]
set.seed(20261124)

rows <- 103
table <- data.frame(
  number = round(rexp(rows) * 100) / 100,
  few = rep(c(1, 2, 2, 5), length.out = rows),
  class = rep(c("a", "b", "b", "c", "c", "c"), length.out = rows),
  group = sprintf("g%02d", rep(1:17, length.out = rows))
)

ids <- function(set) {
  labels <- set[grepl("^id", names(set))]
  do.call(paste, c(unname(as.list(labels)), sep = "/"))
}
numbers <- function(split, part) as.integer(split, data = part) - 1L

# Without names an empty list would be written as an empty array.
boxed <- function(options) if (length(options) == 0) setNames(list(), character()) else lapply(options, unbox)
exact <- function(method, options, set) {
  list(
    method = unbox(method), options = boxed(options), ids = ids(set),
    analysis = lapply(set$splits, numbers, "analysis"), assessment = lapply(set$splits, numbers, "assessment")
  )
}
sizes <- function(method, options, set) {
  per <- function(split) lapply(split(seq_len(rows), table$class), function(own) {
    unbox(sum((numbers(split, "assessment") + 1L) %in% own))
  })
  list(
    method = unbox(method), options = boxed(options), ids = ids(set),
    analysis = sapply(set$splits, function(split) length(numbers(split, "analysis"))),
    assessment = sapply(set$splits, function(split) length(numbers(split, "assessment"))),
    classes = lapply(set$splits, per)
  )
}
called <- function(how, method, options) how(method, options, do.call(method, c(list(table), options)))
split_case <- function(options) {
  split <- do.call(initial_time_split, c(list(table), options))
  list(
    options = boxed(options),
    analysis = numbers(split, "analysis"), assessment = numbers(split, "assessment")
  )
}
strata_case <- function(column, breaks) {
  strata <- suppressWarnings(rsample:::make_strata(table[[column]], breaks = breaks))
  list(column = unbox(column), breaks = unbox(breaks), strata = as.integer(strata))
}

write_json(
  list(
    made_by = unbox(paste("scripts/parity/resamples.R with rsample", packageVersion("rsample"), "and", R.version.string)),
    table = table,
    exact = list(
      called(exact, "sliding_window", list()),
      called(exact, "sliding_window", list(lookback = 9, assess_stop = 5)),
      called(exact, "sliding_window", list(lookback = 20, assess_start = 3, assess_stop = 8, step = 7, skip = 4)),
      called(exact, "sliding_window", list(lookback = 12, complete = FALSE, step = 10)),
      called(exact, "rolling_origin", list()),
      called(exact, "rolling_origin", list(initial = 40, assess = 12, skip = 11)),
      called(exact, "rolling_origin", list(initial = 30, assess = 5, cumulative = FALSE, skip = 3)),
      called(exact, "rolling_origin", list(initial = 50, assess = 4, lag = 6, skip = 9))
    ),
    sizes = list(
      called(sizes, "vfold_cv", list()),
      called(sizes, "vfold_cv", list(v = 5, repeats = 3)),
      called(sizes, "vfold_cv", list(v = 7, repeats = 10)),
      called(sizes, "vfold_cv", list(v = 4, strata = "class")),
      called(sizes, "mc_cv", list()),
      called(sizes, "mc_cv", list(prop = 0.6, times = 7, strata = "class")),
      called(sizes, "validation_split", list(prop = 0.8)),
      called(sizes, "validation_split", list(strata = "class")),
      called(sizes, "loo_cv", list()),
      called(sizes, "group_vfold_cv", list(group = "group"))
    ),
    # Assessment rows of bootstraps are those that chance left out.
    bootstraps = list(ids = ids(bootstraps(table)), apparent = ids(bootstraps(table, times = 3, apparent = TRUE))),
    initial_time_split = list(split_case(list()), split_case(list(prop = 0.9, lag = 5))),
    initial_split = sapply(c(0.5, 0.75, 0.8), function(prop) nrow(training(initial_split(table, prop = prop)))),
    initial_split_strata = unbox(nrow(training(initial_split(table, prop = 0.8, strata = class)))),
    strata = list(
      strata_case("number", 4), strata_case("number", 2), strata_case("number", 10), strata_case("few", 4),
      strata_case("class", 4)
    )
  ),
  target,
  digits = I(17), pretty = FALSE
)
