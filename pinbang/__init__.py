"""What PinBang's plugins share: an ordinary package that knows no plugin."""
