"""Where, when and by what an image was taken, in the form that encoders read."""
