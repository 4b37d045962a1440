"""Pictures of figures, each with what it says in words and the same as a table.

Owns the charts of everything published: `radar`, `waterfall`, `gauge`, `timeline`, `bars`,
`histogram`, `boxes` and, for web pages, `film`. Rules: a chart takes plain data and a language and
returns a `Chart`, its SVG with `<title>` and `<desc>`, a description and a table; the same data
give the same bytes; nothing is told by colour alone. Give each chart of one page an `ident` of its
own.

    >>> chart = bars([Bar("green", "21", "green")], "Lights", "en")
    >>> chart.table.rows
    (('green', '21'),)
"""

from tallystick.publication.charts.bars import Bar, Bin, bars, histogram
from tallystick.publication.charts.boxes import Box, boxes
from tallystick.publication.charts.drawing import Chart, Drawing, Table, width_of, wrapped
from tallystick.publication.charts.film import Frame, film
from tallystick.publication.charts.gauge import Zone, gauge
from tallystick.publication.charts.inks import LIGHTS, NO_LIGHT, Light, light_of
from tallystick.publication.charts.radar import Axis, radar
from tallystick.publication.charts.timeline import Span, timeline
from tallystick.publication.charts.waterfall import Step, waterfall

__all__ = [
    "LIGHTS",
    "NO_LIGHT",
    "Axis",
    "Bar",
    "Bin",
    "Box",
    "Chart",
    "Drawing",
    "Frame",
    "Light",
    "Span",
    "Step",
    "Table",
    "Zone",
    "bars",
    "boxes",
    "film",
    "gauge",
    "histogram",
    "light_of",
    "radar",
    "timeline",
    "waterfall",
    "width_of",
    "wrapped",
]
