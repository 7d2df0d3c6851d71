"""What the first step of the campaign editor is given."""

BASICS = {
    "name": "Beans",
    "budget": "1000.00",
    "currency": "USD",
    "starts_on": "2026-11-03",
    "ends_on": "2026-12-01",
    "category": "food",
}
