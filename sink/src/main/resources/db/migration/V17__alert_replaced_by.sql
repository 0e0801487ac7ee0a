ALTER TABLE tocsin.distress_alert ADD COLUMN replaced_by text;
COMMENT ON COLUMN tocsin.distress_alert.replaced_by IS 'Of a retracted alert: the alert that at least half of its detections went over to; null when nothing takes its place. No foreign key: that alert''s row may come later.';
COMMENT ON COLUMN tocsin.distress_alert.alert_id IS 'Hash of the pattern and the anchor: the first detection of the earliest located sound of those that the pattern names first.';

CREATE FUNCTION tocsin.alert_in_force(alert text) RETURNS text
LANGUAGE sql STABLE PARALLEL SAFE
AS $$
  WITH RECURSIVE chain(alert_id, state, replaced_by, passed) AS (
    SELECT a.alert_id, a.state, a.replaced_by, ARRAY[a.alert_id]
    FROM tocsin.distress_alert AS a WHERE a.alert_id = alert
    UNION ALL
    SELECT n.alert_id, n.state, n.replaced_by, c.passed || n.alert_id
    FROM chain AS c JOIN tocsin.distress_alert AS n ON n.alert_id = c.replaced_by
    WHERE c.state = 'RETRACTED' AND n.alert_id <> ALL (c.passed)
  )
  SELECT alert_id FROM chain WHERE state <> 'RETRACTED'
$$;
COMMENT ON FUNCTION tocsin.alert_in_force(text) IS
  'The alert that stands for one that somebody was told of: itself, or where it was retracted the one that took its place, however often that happened; null when nothing stands for it. Example: SELECT tocsin.alert_in_force(''9d70252f0f3c4a1b8e6d5c4b3a291807'');';
