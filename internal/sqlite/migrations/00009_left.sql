-- +goose Up

-- Who abandoned, by when: for whether the customer came again, however long the contact was.
CREATE INDEX interactions_left ON interactions(customer, over) WHERE customer <> '' AND outcome = 'abandoned' AND counts;
