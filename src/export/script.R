# {{title}}
# Made by sipas {{version}}; digest of the answers: {{digest}}
#
#   Rscript FILE.R [ANSWERS.csv [FIGURES.csv]]
#
# reads the answers that `sipas export --table responses --format csv` wrote, sets up the design they were collected under
# and prints every figure with its standard error, as `sipas results` does. With a third word the figures are written there.
{{notes}}

library(survey)

words <- commandArgs(trailingOnly = TRUE)
file <- if (length(words) > 0) words[1] else "{{file}}"
answers <- read.csv(file, na.strings = "", check.names = FALSE, encoding = "UTF-8",
                    colClasses = c({{texts}}))

# What an answer is worth under the questionnaire's rule ({{rule}}); whatever is not listed has no value.
worth <- list(
{{worth}}
)
y <- sapply(names(worth), function(item) unname(worth[[item]][as.character(answers[[item]])]))
y <- matrix(y, nrow = nrow(answers), dimnames = list(NULL, names(worth)))
answered <- !is.na(y)
y[!answered] <- 0
colnames(y) <- paste0("y_", names(worth))
colnames(answered) <- paste0("n_", names(worth))

# Codes become factors with their labels; reasons for having no answer become missing.
labels <- list(
{{labels}}
)
for (name in names(labels)) {
  answers[[name]] <- factor(answers[[name]], levels = unname(labels[[name]]), labels = names(labels[[name]]))
}

{{design}}

# A figure is a sum of ratios of totals; svycontrast linearises it with all covariances (Taylor).
totals <- svytotal(cbind(y, answered * 1), design)
found <- svycontrast(totals, list(
{{figures}}
))
titles <- c({{titles}})
n <- c({{counts}})
figures <- data.frame(code = names(titles), title = unname(titles), estimate = as.numeric(coef(found)),
                      se = as.numeric(SE(found)), n = as.numeric(n), df = degf(design))
{{lonely}}print(figures[, c("code", "estimate", "se", "n")], digits = 12, row.names = FALSE)
if (length(words) > 1) write.csv(figures, words[2], row.names = FALSE, fileEncoding = "UTF-8")
