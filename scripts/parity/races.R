# What R computes for the tests of races (test/tuning/searches): Rscript scripts/parity/races.R test/fixtures/parity/races.json
#
# - Intervals of `lm(score ~ fold + candidate)`, with every candidate on every fold and with some values missing.
# - Bradley and Terry's model with Firth's correction: the likelihood times the root of the information's determinant, made as large as
#   can be by a general optimiser, which shares no step with KSpec's Fisher scoring.
library(jsonlite)
target <- commandArgs(trailingOnly = TRUE)[[1]]
set.seed(20261124)

anova_case <- function(candidates, folds, missing, alpha) {
  scores <- outer(rnorm(candidates, 0.8, 0.03), rnorm(folds, 0, 0.05), `+`) + rnorm(candidates * folds, 0, 0.02)
  if (missing > 0) scores[sample(candidates * folds, missing)] <- NA
  best <- order(rowSums(!is.na(scores)), rowMeans(scores, na.rm = TRUE), decreasing = TRUE)[[1]]
  data <- data.frame(
    score = as.vector(scores),
    candidate = relevel(factor(rep(seq_len(candidates), folds)), ref = as.character(best)),
    fold = factor(rep(seq_len(folds), each = candidates))
  )
  fit <- lm(score ~ fold + candidate, data = data)
  # A one-sided interval at alpha has the bound of a two-sided one at twice that.
  intervals <- confint(fit, level = 1 - 2 * alpha)
  others <- setdiff(seq_len(candidates), best)
  rows <- paste0("candidate", others)
  list(
    scores = scores, best = unbox(best - 1), alpha = unbox(alpha), others = others - 1,
    estimate = unname(coef(fit)[rows]), std_err = unname(summary(fit)$coefficients[rows, "Std. Error"]),
    lower = unname(intervals[rows, 1]), upper = unname(intervals[rows, 2])
  )
}

bradley_terry_case <- function(wins) {
  players <- nrow(wins)
  pairs <- which(upper.tri(wins) & wins + t(wins) > 0, arr.ind = TRUE)
  won <- wins[pairs]
  played <- won + t(wins)[pairs]
  design <- matrix(0, nrow(pairs), players)
  design[cbind(seq_len(nrow(pairs)), pairs[, 1])] <- 1
  design[cbind(seq_len(nrow(pairs)), pairs[, 2])] <- -1
  design <- design[, -1, drop = FALSE]
  information <- function(ability) {
    chance <- plogis(design %*% ability)
    crossprod(design, as.vector(played * chance * (1 - chance)) * design)
  }
  penalised <- function(ability) {
    along <- as.vector(design %*% ability)
    likelihood <- sum(won * plogis(along, log.p = TRUE) + (played - won) * plogis(-along, log.p = TRUE))
    -likelihood - 0.5 * as.numeric(determinant(information(ability))$modulus)
  }
  fit <- list(par = rep(0, players - 1))
  for (again in 1:20)
    fit <- optim(fit$par, penalised, method = "BFGS", control = list(reltol = 1e-16, maxit = 5000, ndeps = rep(1e-5, players - 1)))
  # Newton's last steps, on numerical derivatives, for the digits that the optimiser leaves.
  gradient <- function(at) sapply(seq_along(at), function(i) {
    step <- replace(rep(0, length(at)), i, 1e-4)
    (-penalised(at + 2 * step) + 8 * penalised(at + step) - 8 * penalised(at - step) + penalised(at - 2 * step)) / 12e-4
  })
  for (again in 1:8) fit$par <- fit$par - solve(optimHess(fit$par, penalised), gradient(fit$par))
  list(wins = wins, ability = c(0, fit$par), std_err = c(0, sqrt(diag(solve(information(fit$par))))))
}

season <- function(players, folds, spread) {
  scores <- outer(rnorm(players, 0, spread), rep(0, folds), `+`) + rnorm(players * folds)
  wins <- matrix(0, players, players)
  for (i in seq_len(players)) for (j in seq_len(players))
    if (i != j) wins[i, j] <- sum(scores[i, ] > scores[j, ]) + 0.5 * sum(scores[i, ] == scores[j, ])
  wins
}
tied <- matrix(c(0, 2.5, 3, 0.5, 0, 1.5, 0, 1.5, 0), 3, byrow = TRUE)

write_json(
  list(
    made_by = unbox(paste("scripts/parity/races.R with", R.version.string)),
    anova = list(
      anova_case(5, 4, 0, 0.05), anova_case(12, 10, 0, 0.05), anova_case(6, 5, 4, 0.1), anova_case(2, 3, 0, 0.01)
    ),
    bradley_terry = list(
      bradley_terry_case(season(4, 5, 1)), bradley_terry_case(season(8, 10, 2)), bradley_terry_case(tied),
      bradley_terry_case(matrix(c(0, 3, 0, 0), 2, byrow = TRUE))
    )
  ),
  target,
  digits = I(17), pretty = FALSE, na = "null"
)
