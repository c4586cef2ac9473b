"""The bid 投标书 as a PDF made elsewhere: uploaded, compared with the quotation, frozen, sealed."""
