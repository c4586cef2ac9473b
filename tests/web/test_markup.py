"""The reader of markup that all tests of pages stand on, compared with the standard library's."""

from html.parser import HTMLParser

import pytest

from tests.markup import Markup

pytestmark = pytest.mark.engine_free


class Standard(HTMLParser):
    """What the standard library's parser tells."""

    def __init__(self, html):
        super().__init__(convert_charrefs=True)
        self.told = []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag, attributes):
        self.told.append(("start", tag, {name: value or "" for name, value in attributes}))

    def handle_endtag(self, tag):
        self.told.append(("end", tag))

    def handle_data(self, data):
        self.told.append(("data", data))


class Ours(Markup):
    """What ours tells."""

    def __init__(self, html):
        self.told = []
        self.read(html)

    def start(self, tag, attributes, closed):
        self.told.append(("start", tag, attributes))

    def end(self, tag):
        self.told.append(("end", tag))

    def data(self, text):
        self.told.append(("data", text))


@pytest.mark.parametrize(
    "html",
    [
        "",
        "words alone &amp; &lt;b&gt; &#20320;",
        '<!doctype html><html lang="zh-Hans"><body><p class="a b" hidden>one<br>two</p></body></html>',
        "<P TITLE='a &quot;b&quot; > c'>x</P><input value=\"1 > 0 'y'\" disabled required>",
        "<textarea>\n&lt;script&gt; a &amp; b</textarea>",
        "<script>if (a < b && '<p>' > c) { d(); }</script><p>after</p>",
        '<svg viewBox="0 0 1 1"><path d="M0 0\nL1 1"></path></svg>',
        "<!-- <p>not</p> --><p data-a=\"\" data-b=bare data-c='x=y'>a<!-- b -->",
    ],
)
def test_markup_is_read_like_by_the_standard_library(html):
    assert Ours(html).told == Standard(html).told


def test_an_empty_element_of_a_drawing_holds_nothing():
    class Depth(Markup):
        def __init__(self):
            self.closed = []

        def start(self, tag, attributes, closed):
            self.closed.append((tag, attributes.get("d"), closed))

    depth = Depth()
    depth.read('<g><path d="M0 0"/><br></g>')
    assert depth.closed == [("g", None, False), ("path", "M0 0", True), ("br", None, True)]
