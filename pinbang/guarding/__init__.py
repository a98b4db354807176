"""What follows from a judgement: verdict by the group's rules, ladder, cases, enforcement, undo."""
