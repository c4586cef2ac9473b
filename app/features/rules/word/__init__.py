"""Rules as Word files: a .docx read into rows of an outline with the numbers Word prints, and an outline written back.

Nothing here knows a request or the database. ``reading.read_document`` gives what the file holds, ``proposal`` makes
clauses of it by what a person chose in the preview, ``writing.write_document`` makes a .docx with real numbering.
"""
