"""One function a verb: what a user can do, and how the rooms are joined for it.

Owns the use cases and the opened workspace they work on. Rules: the edge parses and shows, this
package acts; every result is a value with a JSON form; every long act reports its progress to a
function it is given; nothing here prints or exits.

    >>> store = Store.open(Settings(Path("my-workspace")))
"""

from tallystick.app.store import Store, found
from tallystick.app.workspace import Paths, Settings

__all__ = ["Paths", "Settings", "Store", "found"]
