# Calibration that the other reference numbers do not have: numeric variables, and bounds on the weights.
# Run in tests/oracle with R `survey` 4.1-1: Rscript calibration.R
library(survey)
options(warn = 2)

s1 <- read.csv("data/synth_s1_2025.csv")
row <- seq_len(nrow(s1))
# S1 has no quantity of its own, so two are made: few values (an age) and many (minutes waited).
s1$age <- c("18-29" = 18, "30-44" = 30, "45-59" = 45, "60+" = 60)[s1$age_group] + (row * 7) %% 15
s1$minutes <- (row * 7919) %% 1000 / 10
s1$group <- interaction(s1$sex, s1$age_group, drop = TRUE)
design <- svydesign(id = ~desk, strata = ~district, weights = ~weight, fpc = ~M_h, data = s1)

size <- 563413
male <- 253226
age <- round(1.01 * size * svymean(~age, design)[[1]])
minutes <- round(0.98 * size * svymean(~minutes, design)[[1]])
age_group <- c("30-44" = 191560, "45-59" = 168855, "60+" = 90090)
district <- c(D02 = 32154, D03 = 66317, D04 = 35022, D05 = 62715, D06 = 47557, D07 = 49225,
              D08 = 39755, D09 = 64679, D10 = 32169, D11 = 51112, D12 = 28339)
group <- c(F.18 = 63215, M.18 = 49693, F.30 = 105358, M.30 = 86202, F.45 = 92034, M.45 = 76821, F.60 = 49580, M.60 = 40510)

show <- function(design) {
  w <- weights(design)
  figure <- function(domain) {
    part <- subset(design, domain)
    of <- function(column) {
      s <- svymean(as.formula(paste0("~as.numeric(", column, " >= 4)")), part, na.rm = TRUE)
      m <- svymean(as.formula(paste0("~", column)), part, na.rm = TRUE)
      c(s[[1]], sqrt(vcov(s)[[1]]), m[[1]], sqrt(vcov(m)[[1]]))
    }
    columns <- c("Q01", "Q20")
    values <- sapply(columns, of)
    paste0("{", paste(sprintf(
      "\"top2_%s\": {\"estimate\": %.17g, \"se\": %.17g}, \"mean_%s\": {\"estimate\": %.17g, \"se\": %.17g}",
      columns, values[1, ], values[2, ], columns, values[3, ], values[4, ]), collapse = ", "), "}")
  }
  every <- seq(1, length(w), by = 100)
  sprintf(paste0("{\"kish_deff_w\": %.17g, \"min_w\": %.17g, \"max_w\": %.17g, \"n_at_least\": %d, \"n_at_most\": %d,\n",
                 "    \"w_every_100th\": [%s],\n    \"all\": %s,\n    \"district=D01\": %s,\n    \"sex=F\": %s}"),
          length(w) * sum(w^2) / sum(w)^2, min(w), max(w), sum(w <= min(w) * (1 + 1e-12)), sum(w >= max(w) * (1 - 1e-12)),
          paste(sprintf("%.17g", w[every]), collapse = ", "),
          figure(rep(TRUE, nrow(s1))), figure(s1$district == "D01"), figure(s1$sex == "F"))
}

write <- function(file, comment, cases) {
  totals <- sprintf("{\"(all)\": %d, \"age\": %.17g, \"minutes\": %.17g}", size, age, minutes)
  cases <- paste(sprintf("  \"%s\": %s", names(cases), cases), collapse = ",\n")
  writeLines(sprintf("{\n  \"meta\": {\"made_by\": \"calibration.R, survey %s\", \"what\": \"%s\"},\n  \"totals\": %s,\n%s\n}",
                     packageVersion("survey"), comment, totals, cases), file)
}

met <- function(formula, population, ...) calibrate(design, formula, unname(population), ...)
exact <- function(...) met(..., epsilon = 1e-13, maxit = 100)
write("expected/calibration_numeric.json", "calibration to totals of numeric columns", c(
  linear_sex_age = show(met(~sex + age, c(size, male, age), calfun = "linear")),
  linear_all_minutes = show(met(~minutes, c(size, minutes), calfun = "linear")),
  linear_age_alone = show(met(~age - 1, age, calfun = "linear")),
  linear_group_district_minutes = show(met(
    ~group + district + minutes, c(size, group[-1], district, minutes), calfun = "linear")),
  rake_sex_age = show(exact(~sex + age, c(size, male, age), calfun = "raking"))
))
bounded <- function(formula, population, calfun, lower, upper) {
  exact(formula, population, calfun = calfun, bounds = list(lower = lower, upper = upper), bounds.const = TRUE)
}
write("expected/calibration_bounded.json", "calibration with bounds on the weights themselves", c(
  post_stratify_sex_age_400 = show(bounded(~group, c(size, group[-1]), "raking", 0, 400)),
  rake_sex_age_district_400 = show(bounded(~sex + age_group + district, c(size, male, age_group, district), "raking", 0, 400)),
  linear_sex_age_district_400 = show(bounded(~sex + age_group + district, c(size, male, age_group, district), "linear", -Inf, 400)),
  linear_sex_age_2_400 = show(bounded(~sex + age, c(size, male, age), "linear", 2, 400))
))
