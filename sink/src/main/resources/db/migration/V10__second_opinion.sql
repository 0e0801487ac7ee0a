ALTER TABLE tocsin.detection
  ADD COLUMN second_model_id      text,
  ADD COLUMN second_model_version text,
  ADD COLUMN second_model_digest  text,
  ADD COLUMN second_score         real,
  ADD COLUMN second_probability   double precision;
COMMENT ON COLUMN tocsin.detection.second_model_id IS 'Id of a second model bundle that was asked too; null when none was.';
COMMENT ON COLUMN tocsin.detection.second_model_version IS 'Version of that bundle.';
COMMENT ON COLUMN tocsin.detection.second_model_digest IS 'SHA-256 of that bundle.';
COMMENT ON COLUMN tocsin.detection.second_score IS 'That bundle''s raw score for the label at its highest window.';
COMMENT ON COLUMN tocsin.detection.second_probability IS 'Calibrated probability that the label is right in the view of that bundle, 0 to 1.';
