"""What can go wrong with keys and signing."""


class SigningError(Exception):
    """Keys cannot be made, read or used.

    `reason` is one of `no-authority`, `authority-exists`, `wrong-secret`, `secret-lost`, `secret-too-short`,
    `keys-unreadable`, `key-file-readable-by-others`, `pkcs12-unreadable`, `pkcs12-without-key`, `pkcs12-not-valid-now`,
    `pkcs12-weak-key`, `cannot-be-signed`; `detail` is for the log.
    """

    def __init__(self, reason: str, detail: str = "") -> None:
        super().__init__(f"{reason}: {detail}" if detail else reason)
        self.reason = reason
        self.detail = detail
