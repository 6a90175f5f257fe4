# What recipes makes of small tables: Rscript scripts/parity/recipes.R test/fixtures/parity/recipes.json
#
# Each case is a recipe, written here in R and beside it as KSpec describes it, learnt from training rows; the file holds what it makes
# of these and of new rows. R 4.2.2, recipes 1.0.4, palmerpenguins 0.1.1 (the versions that ran are in the file). What is compared and
# what not:
# - Columns of whole numbers are made decimal ones: recipes rounds their means and medians, and KSpec knows one kind of number.
# - The direction of a principal component is free: here and in KSpec it is the one whose largest weight is positive.
# - Trimmed means trim one value or more at each end: where the share is less than one value, recipes 1.0.4 takes one all the same.
# - Classes end as columns of 0 and 1, which shows levels and their order too.
suppressPackageStartupMessages({
  library(recipes)
  library(palmerpenguins)
  library(jsonlite)
})

target <- commandArgs(trailingOnly = TRUE)[1]
cases <- list()

decimal <- function(data) {
  data <- as.data.frame(data)
  whole <- vapply(data, is.integer, TRUE)
  data[whole] <- lapply(data[whole], as.double)
  data
}

# A column as KSpec's tests read it: numbers, or levels and texts.
column <- function(x) {
  if (is.factor(x)) list(levels = I(levels(x)), values = I(as.character(x))) else I(as.double(x))
}
columns <- function(data) lapply(as.list(data), column)

step <- function(name, terms, ...) {
  options <- list(...)
  list(step = unbox(name), terms = I(terms), options = if (length(options) == 0) setNames(list(), character()) else options)
}
selector <- function(select, ...) list(kind = unbox("selector"), select = unbox(select), ...)

add_case <- function(name, formula, training, new, recipe, ...) {
  prepped <- suppressWarnings(prep(recipe, training = training))
  baked <- function(data) {
    result <- suppressWarnings(if (is.null(data)) bake(prepped, new_data = NULL) else bake(prepped, new_data = data))
    for (one in prepped$steps) if (inherits(one, "step_pca")) result <- pointed(result, one)
    columns(as.data.frame(result))
  }
  cases[[length(cases) + 1]] <<- list(
    name = unbox(name), formula = unbox(formula), steps = list(...),
    training = columns(training), new = columns(new),
    baked_training = baked(NULL), baked_new = baked(new)
  )
}

pointed <- function(result, step) {
  rotation <- step$res$rotation
  for (k in seq_len(step$num_comp)) {
    weights <- rotation[, k]
    name <- recipes::names0(step$num_comp, step$prefix)[k]
    if (weights[which.max(abs(weights))] < 0) result[[name]] <- -result[[name]]
  }
  result
}

numeric <- selector("all_numeric_predictors")
nominal <- selector("all_nominal_predictors")
predictors <- selector("all_predictors")
one_hot <- function(recipe) step_dummy(recipe, all_nominal_predictors(), one_hot = TRUE)
one_hot_step <- step("dummy", list(nominal), one_hot = unbox(TRUE))

# ---------------------------------------------------------------- tables

penguins_rows <- decimal(penguins[seq(1, 344, by = 3), ])
penguins_new <- decimal(penguins[c(2, 5, 150, 153, 272, 300), ])
penguins_new$bill_length_mm[2] <- NA
complete <- na.omit(penguins_rows)
complete_new <- na.omit(penguins_new)

set.seed(42)
n <- 60
random <- data.frame(
  y = rnorm(n),
  a = rnorm(n, 3, 2),
  b = runif(n, -1, 1),
  c = rexp(n),
  constant = rep(7, n),
  rare = c(1, 2, rep(0, n - 2)),
  city = factor(sample(c("Bonn", "Kiel", "Ulm", "Trier", "Jena"), n, TRUE, prob = c(.4, .3, .2, .07, .03))),
  sort = factor(sample(c("u", "v"), n, TRUE))
)
random$d <- random$a * 2 + rnorm(n, sd = .1)
random$e <- random$b - random$a / 5 + rnorm(n, sd = .05)
for (name in c("a", "c", "city")) random[sample(n, 6), name] <- NA
random_rows <- random[1:48, ]
random_new <- random[49:60, ]
random_new$a[1] <- 1000
novel_new <- random_new
levels(novel_new$city) <- c(levels(novel_new$city), "Celle")
novel_new$city[3] <- "Celle"
numbers <- c("y", "a", "b", "c", "constant", "rare", "d", "e")
random_numbers <- random_rows[numbers]
random_numbers_new <- random_new[numbers]
cars <- mtcars[1:24, ]
cars_new <- mtcars[25:32, ]
flowers <- iris[seq(1, 150, by = 2), ]
flowers_new <- iris[seq(2, 150, by = 10), ]

# ---------------------------------------------------------------- numbers

add_case(
  "step_center", "y ~ .", random_numbers, random_numbers_new,
  recipe(y ~ ., random_numbers) %>% step_center(all_numeric_predictors()),
  step("center", list(numeric))
)
add_case(
  "step_scale", "mpg ~ .", cars, cars_new,
  recipe(mpg ~ ., cars) %>% step_scale(all_numeric_predictors()),
  step("scale", list(numeric))
)
add_case(
  "step_scale by two deviations", "mpg ~ .", cars, cars_new,
  recipe(mpg ~ ., cars) %>% step_scale(hp, wt, factor = 2),
  step("scale", list(unbox("hp"), unbox("wt")), factor = unbox(2))
)
add_case(
  "step_normalize with missing values", "y ~ a + b + c", random_numbers, random_numbers_new,
  recipe(y ~ a + b + c, random_numbers) %>% step_normalize(all_numeric_predictors()),
  step("normalize", list(numeric))
)
add_case(
  "step_range", "y ~ a + b + c", random_numbers, random_numbers_new,
  recipe(y ~ a + b + c, random_numbers) %>% step_range(all_numeric_predictors()),
  step("range", list(numeric))
)
add_case(
  "step_range to -1 and 1, not clipped", "y ~ a + b + c", random_numbers, random_numbers_new,
  recipe(y ~ a + b + c, random_numbers) %>% step_range(all_numeric_predictors(), min = -1, max = 1, clipping = FALSE),
  step("range", list(numeric), min = unbox(-1), max = unbox(1), clipping = unbox(FALSE))
)
add_case(
  "step_log", "mpg ~ .", cars, cars_new,
  recipe(mpg ~ ., cars) %>% step_log(hp, wt) %>% step_log(disp, base = 10) %>% step_log(vs, am, offset = 1, base = 2),
  step("log", list(unbox("hp"), unbox("wt"))),
  step("log", list(unbox("disp")), base = unbox(10)),
  step("log", list(unbox("vs"), unbox("am")), offset = unbox(1), base = unbox(2))
)
add_case(
  "step_log of an outcome", "mpg ~ hp", cars, cars_new,
  recipe(mpg ~ hp, cars) %>% step_log(all_outcomes()),
  step("log", list(selector("all_outcomes")))
)
add_case(
  "step_log with signs", "y ~ a + b", random_numbers, random_numbers_new,
  recipe(y ~ a + b, random_numbers) %>% step_log(a, b, signed = TRUE),
  step("log", list(unbox("a"), unbox("b")), signed = unbox(TRUE))
)
add_case(
  "step_mutate", "mpg ~ hp + wt + cyl", cars, cars_new,
  recipe(mpg ~ hp + wt + cyl, cars) %>%
    step_mutate(power = hp / wt, strong = as.double(power > 50 & cyl >= 6), wt = log(wt)^2),
  step("mutate", list(), expressions = list(
    power = unbox("(d) => d.hp / d.wt"),
    strong = unbox("(d) => d.power > 50 && d.cyl >= 6"),
    wt = unbox("(d) => Math.log(d.wt) ** 2")
  ))
)

# ---------------------------------------------------------------- missing values

add_case(
  "step_impute_mean", "y ~ a + b + c", random_numbers, random_numbers_new,
  recipe(y ~ a + b + c, random_numbers) %>% step_impute_mean(all_numeric_predictors()),
  step("impute_mean", list(numeric))
)
add_case(
  "step_impute_mean, trimmed", "y ~ a + b + c", random_numbers, random_numbers_new,
  recipe(y ~ a + b + c, random_numbers) %>% step_impute_mean(a, trim = 0.1) %>% step_impute_mean(c, trim = 0.5),
  step("impute_mean", list(unbox("a")), trim = unbox(0.1)),
  step("impute_mean", list(unbox("c")), trim = unbox(0.5))
)
add_case(
  "step_impute_median, step_impute_mode", "species ~ .", penguins_rows, penguins_new,
  recipe(species ~ ., penguins_rows) %>%
    step_impute_median(all_numeric_predictors()) %>% step_impute_mode(all_nominal_predictors()) %>% one_hot(),
  step("impute_median", list(numeric)), step("impute_mode", list(nominal)), one_hot_step
)
add_case(
  "step_naomit, of training rows alone", "y ~ a + b + c", random_numbers, na.omit(random_numbers_new),
  recipe(y ~ a + b + c, random_numbers) %>% step_naomit(all_predictors()) %>% step_normalize(all_numeric_predictors()),
  step("naomit", list(predictors)), step("normalize", list(numeric))
)
add_case(
  "step_naomit, of all rows", "y ~ a + b + c", random_numbers, random_numbers_new,
  recipe(y ~ a + b + c, random_numbers) %>% step_naomit(a, skip = FALSE) %>% step_center(all_numeric_predictors()),
  step("naomit", list(unbox("a")), skip = unbox(FALSE)), step("center", list(numeric))
)

# ---------------------------------------------------------------- classes

classes <- random_rows[c("y", "city", "sort")]
add_case(
  "step_novel, step_unknown", "y ~ city + sort", classes, novel_new[c("y", "city", "sort")],
  recipe(y ~ city + sort, classes) %>% step_novel(all_nominal_predictors()) %>% step_unknown(city) %>% one_hot(),
  step("novel", list(nominal)), step("unknown", list(unbox("city"))), one_hot_step
)
add_case(
  "step_other, a share", "y ~ city + sort", classes, random_new[c("y", "city", "sort")],
  recipe(y ~ city + sort, classes) %>% step_other(all_nominal_predictors(), threshold = 0.2, other = "elsewhere") %>%
    step_unknown(city) %>% one_hot(),
  step("other", list(nominal), threshold = unbox(0.2), other = unbox("elsewhere")),
  step("unknown", list(unbox("city"))), one_hot_step
)
add_case(
  "step_other, a number of rows, and new classes", "y ~ city + sort", classes, novel_new[c("y", "city", "sort")],
  recipe(y ~ city + sort, classes) %>% step_other(city, threshold = 9) %>% step_unknown(city) %>% one_hot(),
  step("other", list(unbox("city")), threshold = unbox(9)), step("unknown", list(unbox("city"))), one_hot_step
)
add_case(
  "step_other where all are rare", "y ~ city", classes[c("y", "city")], random_new[c("y", "city")],
  recipe(y ~ city, classes[c("y", "city")]) %>% step_other(city, threshold = 0.9) %>% step_unknown(city) %>% one_hot(),
  step("other", list(unbox("city")), threshold = unbox(0.9)), step("unknown", list(unbox("city"))), one_hot_step
)
add_case(
  "step_dummy, treatment", "body_mass_g ~ .", complete, complete_new,
  recipe(body_mass_g ~ ., complete) %>% step_dummy(all_nominal_predictors()),
  step("dummy", list(nominal))
)

# ---------------------------------------------------------------- choosing columns

add_case(
  "step_zv", "y ~ .", random_numbers, random_numbers_new,
  recipe(y ~ ., random_numbers) %>% step_zv(all_predictors()),
  step("zv", list(predictors))
)
add_case(
  "step_nzv", "y ~ .", random_numbers, random_numbers_new,
  recipe(y ~ ., random_numbers) %>% step_nzv(all_predictors()),
  step("nzv", list(predictors))
)
add_case(
  "step_nzv, stricter", "y ~ .", random_numbers, random_numbers_new,
  recipe(y ~ ., random_numbers) %>% step_nzv(all_predictors(), freq_cut = 60, unique_cut = 5),
  step("nzv", list(predictors), freq_cut = unbox(60), unique_cut = unbox(5))
)
for (cutoff in c(0.9, 0.6, 0.3)) for (method in c("pearson", "spearman")) {
  add_case(
    paste("step_corr,", method, cutoff), "mpg ~ .", cars, cars_new,
    recipe(mpg ~ ., cars) %>% step_corr(all_predictors(), threshold = cutoff, method = method),
    step("corr", list(predictors), threshold = unbox(cutoff), method = unbox(method))
  )
}
add_case(
  "step_corr with missing values and a constant", "y ~ .", random_numbers, random_numbers_new,
  recipe(y ~ ., random_numbers) %>% step_corr(all_predictors(), threshold = 0.8),
  step("corr", list(predictors), threshold = unbox(0.8))
)
add_case(
  "step_rm, step_select", "mpg ~ .", cars, cars_new,
  recipe(mpg ~ ., cars) %>% step_rm(starts_with("d"), contains("ar")) %>%
    step_select(all_outcomes(), wt, matches("^[ah]"), -am),
  step("rm", list(selector("starts_with", match = "d"), selector("contains", match = "ar"))),
  step("select", list(
    selector("all_outcomes"), unbox("wt"), selector("matches", match = "^[ah]"),
    selector("not", terms = list(unbox("am")))
  ))
)

# ---------------------------------------------------------------- principal components

add_case(
  "step_pca", "Species ~ .", flowers, flowers_new,
  recipe(Species ~ ., flowers) %>% step_normalize(all_numeric_predictors()) %>% step_pca(all_numeric_predictors(), num_comp = 2),
  step("normalize", list(numeric)), step("pca", list(numeric), num_comp = unbox(2))
)
add_case(
  "step_pca without centring", "mpg ~ .", cars, cars_new,
  recipe(mpg ~ ., cars) %>% step_pca(all_numeric_predictors(), num_comp = 10, prefix = "part"),
  step("pca", list(numeric), num_comp = unbox(10), prefix = unbox("part"))
)
add_case(
  "step_pca by a share of the variance", "mpg ~ .", cars, cars_new,
  recipe(mpg ~ ., cars) %>% step_normalize(all_numeric_predictors()) %>%
    step_pca(all_numeric_predictors(), threshold = 0.85, num_comp = 2),
  step("normalize", list(numeric)), step("pca", list(numeric), threshold = unbox(0.85), num_comp = unbox(2))
)
add_case(
  "step_pca of more columns than rows", "mpg ~ .", cars[1:6, ], cars_new,
  recipe(mpg ~ ., cars[1:6, ]) %>% step_pca(all_numeric_predictors(), num_comp = 3),
  step("pca", list(numeric), num_comp = unbox(3))
)
add_case(
  "step_pca with no components", "mpg ~ .", cars, cars_new,
  recipe(mpg ~ ., cars) %>% step_pca(all_numeric_predictors(), num_comp = 0),
  step("pca", list(numeric), num_comp = unbox(0))
)

versions <- list(R = paste(R.version$major, R.version$minor, sep = "."))
for (package in c("recipes", "palmerpenguins")) versions[[package]] <- as.character(packageVersion(package))
dir.create(dirname(target), showWarnings = FALSE, recursive = TRUE)
json <- toJSON(list(versions = lapply(versions, unbox), cases = cases), digits = NA, na = "null", auto_unbox = FALSE)
writeLines(json, target)
cat(length(cases), "cases\n")
