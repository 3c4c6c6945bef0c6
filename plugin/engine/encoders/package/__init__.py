"""Encoder packages: a folder or zip with model.json and ONNX files, checked, read, written."""
