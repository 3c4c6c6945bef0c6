"""What every training run shares: trainer, logs, folder, resuming, ending with its parent."""
