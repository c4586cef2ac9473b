"""The terms library (条款库): named sets of terms the manager keeps, chosen in a quotation's form."""
