"""The backend under load, as asked by hand: is it there, is it a Lorax, how much memory does it use; and one to try."""
