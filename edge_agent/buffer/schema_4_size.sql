-- Version 4: what is asked for every message and twice a second costs the same at any backlog.
CREATE INDEX batch_by_first ON batch (epoch_id, first);
ALTER TABLE lane ADD COLUMN size INTEGER NOT NULL DEFAULT 0;  -- bytes of payload that the lane holds
UPDATE lane SET size =
    (SELECT coalesce(sum(length(payload)), 0) FROM batch WHERE batch.lane = lane.lane);
CREATE TRIGGER batch_came AFTER INSERT ON batch BEGIN
    UPDATE lane SET size = size + length(NEW.payload) WHERE lane = NEW.lane;
END;
CREATE TRIGGER batch_changed AFTER UPDATE OF payload ON batch BEGIN
    UPDATE lane SET size = size + length(NEW.payload) - length(OLD.payload) WHERE lane = NEW.lane;
END;
CREATE TRIGGER batch_went AFTER DELETE ON batch BEGIN
    UPDATE lane SET size = size - length(OLD.payload) WHERE lane = OLD.lane;
END;
PRAGMA user_version = 4;
