# What haven finds in an SPSS or a Stata file, as JSON: labels, meanings, missing codes, values.
suppressPackageStartupMessages(library(haven))
path <- commandArgs(TRUE)[1]
frame <- if (grepl("[.]dta$", path)) read_dta(path) else read_sav(path, user_na = TRUE)

# Plain missing values become null; those with a reason are written as Stata shows them.
shown <- function(x) {
  if (is.character(x)) return(as.list(as.character(x)))
  plain <- as.double(unclass(x))
  values <- as.list(plain)
  values[is.na(plain)] <- list(NULL)
  tags <- na_tag(plain)
  values[!is.na(tags)] <- paste0(".", tags[!is.na(tags)])
  values
}

describe <- function(column) {
  labels <- attr(column, "labels", exact = TRUE)
  list(
    label = attr(column, "label", exact = TRUE),
    codes = shown(unname(labels)),
    meanings = as.list(names(labels)),
    na_values = as.list(attr(column, "na_values", exact = TRUE)),
    na_range = as.list(attr(column, "na_range", exact = TRUE)),
    values = shown(column)
  )
}
cat(jsonlite::toJSON(lapply(frame, describe), auto_unbox = TRUE, digits = NA, null = "null"))
