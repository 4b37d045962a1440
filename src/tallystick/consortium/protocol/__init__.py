"""The messages of ABCI 2.0 as CometBFT 0.38 sends them: generated code, not written here.

Owns nothing but the generated modules; engines/cometbft/generate.py makes them from the .proto
files of CometBFT (Apache-2.0), whose version engines/cometbft/go.mod pins.
"""

__all__: list[str] = []
