"""Look at the pictures people send: fetch them safely, read the QR codes in them."""
