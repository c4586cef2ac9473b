"""Rules 规章制度: the department's own rules as clauses with versions, read, signed and searched."""
