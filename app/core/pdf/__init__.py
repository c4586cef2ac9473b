"""Papers as PDF: fonts, Chinese line breaking, pages, tables, letterhead and foot. Knows no feature."""
