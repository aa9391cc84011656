"""Release in, one Tree per artifact out: chosen, downloaded with a digest check, unpacked in memory."""

from provenance.artifacts.choose import choose
from provenance.artifacts.download import Stored, local, obtain, obtaining
from provenance.artifacts.locked import contradictions
from provenance.artifacts.unpack import unpack

__all__ = ["Stored", "choose", "contradictions", "local", "obtain", "obtaining", "unpack"]
