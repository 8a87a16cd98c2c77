"""What a schema says, said in another format or as another platform writes it."""
