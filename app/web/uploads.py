"""What was uploaded, read before any transaction: photos without the place and the device in them."""

from collections.abc import Sequence

from werkzeug.datastructures import FileStorage

from app.core.errors import Invalid
from app.core.files import CheckedFile, check_upload
from app.core.i18n import lazy
from app.core.pictures import read_photo

PHOTO_ENDINGS = (".jpg", ".jpeg", ".png", ".heic")


def read_photos(uploads: Sequence[FileStorage] | None, most: int) -> list[CheckedFile]:
    """Return the photos of a field ``file``, made anew; raises Invalid for what is no photo and for too many."""
    given = uploads or ()
    if len(given) > most:
        raise Invalid(fields={"file": lazy("一次最多 %(most)s 张照片", most=most)})
    return [read_photo(upload.filename or "", upload.stream) for upload in given]  # type: ignore[arg-type]


def read_photo_or_file(upload: FileStorage) -> CheckedFile:
    """Return a photo made anew, or any other file as it came; raises Invalid for what is not taken."""
    name = upload.filename or ""
    read = read_photo if name.casefold().endswith(PHOTO_ENDINGS) else check_upload
    return read(name, upload.stream)  # type: ignore[arg-type]
