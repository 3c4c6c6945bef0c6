"""What sample imagery is drawn with: surfaces, colours, light, noise."""
