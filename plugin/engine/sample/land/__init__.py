"""How sample land is divided: zones, parcels, sites."""
