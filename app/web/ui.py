"""What templates know: the macros as the global ``ui``, filters, addresses of static files, the page's frame."""

from functools import cached_property, lru_cache, partial
from typing import Any

from flask import Flask, current_app, render_template, request
from jinja2 import Environment
from markupsafe import Markup, escape

from app.core import i18n, notices, settings
from app.core.permissions import ROLE_LABELS, Actor
from app.web import components, current, filters, keeping, line_rows, nav, tokens

MACROS = ("_ui/macros.html", "_ui/fields.html")
# Those of them that follow from their arguments alone, and are never called with a body.
KEPT_MACROS = frozenset({"facts", "step_line", "tabs", "tiles", "timeline"})
# Those that follow from a field and their arguments.
KEPT_FIELDS = frozenset({"date", "field", "select", "textarea"})
PRODUCT = i18n.lazy("章程")
THEMES = ("auto", "light", "dark")
THEME_COOKIE = "theme"
LANGUAGE_TAGS = {i18n.CHINESE: "zh-Hans", i18n.ENGLISH: "en"}

# What stands in a kept frame for that which differs on every page: no text of a person holds such characters.
HERE, BETWEEN = "\x01here\x01", "\x01content\x01"
KEPT_FRAMES = 200

# Parts of the frame that a feature may provide; the frame shows those whose address the application serves.
PLACES = {
    "home": "/",
    "tasks": "/tasks",
    "search": "/search",
    "notices": "/notices",
    "notices_count": "/notices/count",
    "account": "/account",
    "sign_in": "/login",
    "sign_out": "/logout",
    "language": "/language",
    "theme": "/theme",
}


class Macros:
    """The macros of MACROS and of components as attributes, looked up when used: blocks rendered alone see them too."""

    def __init__(self, environment: Environment) -> None:
        self._environment = environment
        self.__dict__.update(components.PYTHON_MACROS, line_rows=line_rows.line_rows)

    def __getattr__(self, name: str) -> Any:
        for template in MACROS:
            macro = getattr(self._environment.get_template(template).module, name, None)
            if macro is not None:
                if name in KEPT_MACROS:
                    macro = partial(keeping.once, name, macro)
                elif name in KEPT_FIELDS:
                    macro = partial(keeping.field, name, macro)
                if not self._environment.auto_reload:
                    setattr(self, name, macro)
                return macro
        raise AttributeError(f"there is no macro {name} in {' or '.join(MACROS)}")


class Shell:
    """The frame around a page: company, person, language, theme, navigation. Each part is made when it is shown."""

    product = PRODUCT

    @cached_property
    def actor(self) -> Actor | None:
        """The person signed in, None for strangers."""
        return known.actor if (known := current.identity()) else None

    @cached_property
    def roles(self) -> str:
        """The person's own roles in words."""
        own = [grant.role for grant in self.actor.grants if grant.on_behalf_of is None] if self.actor else []
        return " · ".join(str(ROLE_LABELS[role]) for role in list(dict.fromkeys(own))[:2])

    @cached_property
    def company(self) -> str:
        """The company's own name, empty before it is known."""
        try:
            return str(settings.get("company.name") or "")
        except KeyError:
            return ""

    @property
    def lang(self) -> str:
        """The language of the page as a tag for the html element."""
        return LANGUAGE_TAGS[i18n.current_locale()]

    @property
    def locale(self) -> str:
        """The language of the page: "zh" or "en"."""
        return i18n.current_locale()

    @cached_property
    def theme(self) -> str:
        """The theme chosen on this device, else the person's own: auto, light or dark."""
        known = current.identity()
        chosen = request.cookies.get(THEME_COOKIE) or (known.theme if known else None)
        return chosen if chosen in THEMES else "auto"

    @property
    def dark_media(self) -> str:
        """For which media the dark tokens hold; empty for a person who chose the light theme."""
        return {"auto": "(prefers-color-scheme: dark)", "dark": "all"}.get(self.theme, "")

    @cached_property
    def sections(self) -> list[nav.Section]:
        """The entries this person may open: those of the side bar, and their own."""
        return nav.sections_for(self.actor) if self.actor else []

    @property
    def side_bar(self) -> list[nav.Section]:
        """The sections of the side bar."""
        return nav.side_bar_of(self.sections)

    @property
    def parts(self) -> list[tuple[str, str, bool, int]]:
        """The tabs that join the pages of one entry of the side bar."""
        return nav.parts_for(self.actor) if self.actor else []

    @property
    def personal(self) -> list[nav.Entry]:
        """The entries of the menu under the person's name."""
        return nav.personal_of(self.sections)

    @cached_property
    def bar(self) -> list[nav.Entry]:
        """The bar at the bottom of a phone."""
        return nav.bar_of(self.sections)

    @cached_property
    def unread(self) -> int:
        """How many notices the person has not read yet."""
        return notices.unread_count(self.actor.id) if self.actor and self.actor.id is not None else 0

    @cached_property
    def frame(self) -> tuple[Markup, Markup]:
        """The frame before and after the content of a page, for a person signed in.

        It is rendered once for all pages that show the same; only the token of its forms and the way back differ.
        """
        token, environment = tokens.form_token(), current_app.jinja_env
        person = self.actor.name if self.actor else ""
        key = (tuple(self.sections), person, self.roles, self.company, self.locale, self.theme, self.unread)
        kept: keeping.Memory[list[str]] = current_app.extensions["frames"]
        parts = kept.get(key)
        if parts is None:
            text = render_template("_ui/frame.html", shell=self, here=HERE, between=BETWEEN)
            parts = text.replace(token, keeping.READERS_TOKEN).split(BETWEEN)
            if not environment.auto_reload:
                kept.put(key, parts, 1)
        here = str(escape(self.here))
        shown = (part.replace(keeping.READERS_TOKEN, token).replace(HERE, here) for part in parts)
        before, after = map(Markup, shown)
        return before, after

    @property
    def demo(self) -> bool:
        """True in the demo company."""
        return bool(current_app.config.get("DEMO"))

    def place(self, name: str) -> str:
        """Return the address of a part of the frame (a key of PLACES), empty where nothing is served there."""
        address = PLACES[name]
        return address if address in _served_addresses(current_app) else ""

    @property
    def here(self) -> str:
        """The address of this page, to come back to after a change of language or theme."""
        return request.full_path.rstrip("?") if request.method != "POST" else request.path


def _served_addresses(app: Flask) -> frozenset[str]:
    known = app.extensions.get("served_addresses")
    if known is None:
        known = frozenset(rule.rule for rule in app.url_map.iter_rules())
        app.extensions["served_addresses"] = known
    return known


def vendor_htmx() -> str:
    """Return the address of htmx; its version stands in its name."""
    return components.asset("vendor/htmx-4.0.1.min.js")


def toast(message: str, tone: str = "ok") -> Markup:
    """Render one message as it appears after an act, for a reply built by hand."""
    return Markup(render_template("_ui/toast.html", message=message, tone=tone, oob=False))  # noqa: S704


@lru_cache(8_192)
def _sentence(locale: str, message: str) -> Markup:
    return Markup(i18n.gettext(message))  # noqa: S704 - texts of templates and of the catalogue are our own markup


def said(message: str, **params: Any) -> Markup:
    """Return a text of a template in the reader's language, with its placeholders filled and escaped.

    It is what Jinja's own function of this name returns; that one looks up, wraps and formats the same few thousand
    texts anew, which took a fifth of a page's time.
    """
    found = _sentence(i18n.current_locale(), message)
    return found % params if params or "%" in message else found


def _context() -> dict[str, Any]:
    return {"shell": Shell()}


def install(app: Flask) -> None:
    """Give templates their language, macros, filters and the frame; in development the gallery at /_ui too."""
    environment = app.jinja_env
    environment.add_extension("jinja2.ext.i18n")
    environment.install_gettext_callables(  # type: ignore[attr-defined]
        i18n.gettext, i18n.ngettext, newstyle=True, pgettext=i18n.pgettext
    )
    environment.globals["_"] = said
    environment.trim_blocks = True
    environment.lstrip_blocks = True
    environment.globals.update(
        ui=Macros(environment),
        asset=components.asset,
        vendor_htmx=vendor_htmx,
        csrf_token=tokens.form_token,
    )
    app.extensions["frames"] = keeping.Memory[list[str]](KEPT_FRAMES, 1)
    filters.install(app)
    app.context_processor(_context)
    if app.debug or app.testing:
        from app.web import gallery  # optional

        gallery.register(app)
