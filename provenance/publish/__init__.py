"""A store of signed reports in, a static site over them out, which anyone can read and check in the browser."""

from provenance.publish.keys import Publisher
from provenance.publish.site import Published, publish

__all__ = ["Published", "Publisher", "publish"]
