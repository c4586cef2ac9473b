"""The fast track (快速通道): a quotation wholly at list prices, proposed in one form and decided by one button."""
