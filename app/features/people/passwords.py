"""Passwords: argon2id, a dummy for unknown accounts, what a new password must be."""

from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from app.core.errors import Invalid
from app.core.i18n import lazy

SHORTEST = 8
LONGEST = 1024
MEMORY_KIB = 19 * 1024

_hasher = PasswordHasher(time_cost=2, memory_cost=MEMORY_KIB, parallelism=1)
_TOO_COMMON = frozenset(
    {"12345678", "123456789", "1234567890", "87654321", "11111111", "88888888", "66666666", "00000000"}
    | {"password", "password1", "passw0rd", "qwertyui", "qwertyuiop", "1qaz2wsx", "abcd1234", "a1234567"}
)


def hash_password(password: str) -> str:
    """Return the argon2id hash (about 25 ms; never call it inside a unit of work)."""
    return _hasher.hash(password)


@cache
def dummy_hash() -> str:
    """Return a hash of nothing in particular, checked for unknown accounts so that they take as long as known ones."""
    return hash_password("no account has this password")


def fits(password: str, password_hash: str) -> bool:
    """Tell whether a password belongs to a hash; a text beyond the longest allowed never does."""
    if len(password) > LONGEST:
        return False
    try:
        return _hasher.verify(password_hash, password)
    except (VerificationError, InvalidHashError, UnicodeEncodeError):
        return False


def check_new(password: str, *, name: str = "", staff_number: str = "", field: str = "password") -> None:
    """Raise Invalid at ``field`` where a new password is too short, too long, common, or the person's own name."""
    problem = None
    if len(password) < SHORTEST:
        problem = lazy("密码至少 %(least)s 位", least=SHORTEST)
    elif len(password) > LONGEST:
        problem = lazy("密码最长 %(most)s 位", most=LONGEST)
    elif password.lower() in _TOO_COMMON or len(set(password)) < 4:
        problem = lazy("这个密码太容易猜到，请换一个")
    elif password.lower() in {name.lower(), staff_number.lower()}:
        problem = lazy("密码不能与姓名或工号相同")
    else:
        try:
            password.encode()
        except UnicodeEncodeError:
            problem = lazy("密码里有无法识别的字符，请重新输入")
    if problem is not None:
        raise Invalid(fields={field: problem})
