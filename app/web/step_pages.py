"""The addresses of a document's steps: one answer for every kind of document.

A step that needs nothing but a click is a button on the document's page; one that asks for more has a page of its own.
Both are answered here in the same order: who may see the document (404), whether the step exists (404), who may do it
(403), whether the document is still the one that was looked at and in the right state (409), what was typed (422).
"""

from collections.abc import Callable, Container, Mapping
from dataclasses import dataclass, field
from typing import Any

from flask import request, url_for

from app.core.errors import NotVisible, Problem
from app.core.permissions import Actor
from app.core.workflow import Flow
from app.web import documents, fragments
from app.web.guard import current_actor


@dataclass(frozen=True, kw_only=True)
class StepPages:
    """How one kind of document answers at the addresses of its steps.

    ``load(actor, *key)`` returns the document or raises NotVisible; ``fire(document, step, actor=, version=, note=,
    data=)`` does a step; ``address(document)`` is its page, ``show(document, refusal)`` renders it. ``template`` holds
    the block ``step_buttons``, whose context ``buttons(document, actor)`` returns.

    ``with_form`` names the steps with a page of their own: ``form(document, step)`` returns the form of one, filled
    where nothing was posted yet, ``prepare(form)`` what the step is given, checked before any lock, and
    ``show_form(document, step, form, status)`` renders the page. ``leads_to`` names the endpoint a step ends at, where
    that is not the document's page.
    """

    flow: Flow
    load: Callable[..., Any]
    fire: Callable[..., None]
    address: Callable[[Any], str]
    show: Callable[[Any, documents.Refusal], Any]
    template: str
    buttons: Callable[[Any, Actor], Mapping[str, Any]]
    with_form: Container[str] = ()
    form: Callable[[Any, str], Any] | None = None
    prepare: Callable[[Any], Any] = documents.typed_fields
    show_form: Callable[[Any, str, Any, int], Any] | None = None
    leads_to: Mapping[str, str] = field(default_factory=dict)

    def answer(self, step: str, *key: int) -> Any:
        """Answer GET and POST of a step of the document with this key; raises NotVisible and Denied."""
        document = self.load(current_actor(), *key)
        if not self.flow.has_step(step):
            raise NotVisible
        if step in self.with_form:
            return self._answer_form(document, step, key)
        if request.method != "POST":
            return fragments.go(self.address(document))
        actor = current_actor()
        return documents.fire_step(
            self.flow,
            step,
            load=lambda: self.load(actor, *key),
            fire=lambda row, name, **typed: self.fire(row, name, actor=actor, **typed),
            back=self._back(document, step),
            refused=lambda problem, typed: self.refuse(problem, typed, step, *key),
        )

    def refuse(self, problem: Problem, typed: documents.TypedStep, step: str, *key: int) -> Any:
        """Answer a refused step without a form of its own: at its buttons, or on the page of the document."""
        actor = current_actor()
        document = self.load(actor, *key)
        return documents.refuse_step(
            problem,
            typed,
            step,
            buttons=lambda: fragments.render_block(
                self.template, "step_buttons", oob=True, **self.buttons(document, actor)
            ),
            show=lambda refusal: self.show(document, refusal),
        )

    def _answer_form(self, document: Any, step: str, key: tuple[int, ...]) -> Any:
        if self.form is None or self.show_form is None:
            raise TypeError(f"{self.flow.doc_type}: {step} has no form")
        actor, form, show_form = current_actor(), self.form(document, step), self.show_form
        return documents.step_with_form(
            self.flow,
            step,
            document,
            form,
            load=lambda: self.load(actor, *key),
            prepare=self.prepare,
            fire=lambda row, data: self.fire(
                row, step, actor=actor, version=form.version.data, note=_reason(form), data=data
            ),
            show=lambda row, status: show_form(row, step, form, status),
            back=self._back(document, step),
        )

    def _back(self, document: Any, step: str) -> str:
        return url_for(self.leads_to[step]) if step in self.leads_to else self.address(document)


def _reason(form: Any) -> str:
    """Return the reason typed in the form of a step, where it asks for one."""
    return form.note.data or "" if "note" in form else ""
