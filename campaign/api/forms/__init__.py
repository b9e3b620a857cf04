"""What the API takes and gives: schemas that the published description is made of."""
