"""What the verbs of asking and answering share: how things are filed, asked, carried over and told."""
