"""What the platform charges, waits and withholds: versions kept for ever, nothing ever changed."""
