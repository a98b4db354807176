"""Reading, judging and sanctioning chat messages; enforcement lives in the guard plugin."""
