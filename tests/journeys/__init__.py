"""What people do in a browser, with the whole product; it stops after the last journey."""
