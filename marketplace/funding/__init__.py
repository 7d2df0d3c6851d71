"""Money in: a brand funds a campaign, and gets back what it did not spend."""
