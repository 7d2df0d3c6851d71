"""From interest to agreement: invitations, applications, offers, collaborations."""
