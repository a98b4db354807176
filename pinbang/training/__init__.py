"""Train the shipped scores offline: `uv run python -m pinbang.training`; needs scikit-learn."""
