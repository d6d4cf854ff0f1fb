-- What gateways did by themselves (local actions), and what people asked in front of them: they
-- come as answers to nothing, and are kept as commands, a bounded number of each gateway.
ALTER TABLE command ADD COLUMN origin TEXT NOT NULL DEFAULT 'server' CHECK
    (origin IN ('server', 'local_action', 'site'));
CREATE INDEX command_own ON command (gateway, number) WHERE origin <> 'server';
