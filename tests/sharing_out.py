"""How tests are shared out among the workers: those that stand on one dear fixture go to one of them together."""

from xdist.scheduler import LoadScopeScheduling

# Folders whose tests share what is made once in a session, and those whose modules each make their own.
TOGETHER = ("tests/demo/",)
BY_MODULE = ("tests/browser/",)


class Sharing(LoadScopeScheduling):
    """Each test is handed out by itself, but for the groups named here; the largest groups begin.

    The marker ``xdist_group`` would say the same, but pytest 9 no longer shows the scheduler what it adds to a name.
    """

    def _split_scope(self, nodeid: str) -> str:
        return group_of(nodeid)


def group_of(nodeid: str) -> str:
    """Return the name of the group of a test, its own where it stands alone."""
    for folder in TOGETHER:
        if nodeid.startswith(folder):
            return folder
    return nodeid.partition("::")[0] if nodeid.startswith(BY_MODULE) else nodeid
