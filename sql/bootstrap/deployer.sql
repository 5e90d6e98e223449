-- The role that deploys the pipeline, with what that needs and nothing more. Run once, by an
-- administrator of the account: nobody else may grant these. `pulumi up` runs as this role.
create role if not exists retail_deployer comment = 'Deploys the pipeline retail-snowpipe';

-- Each stack has a database of its own. Its owner may make, change and drop whatever is in it, and
-- grant on it, so schemas, tables, pipes, models and database roles need no privilege here.
grant create database on account to role retail_deployer;

-- The warehouse that refreshes the models, and the one that readers and operators ask on.
grant create warehouse on account to role retail_deployer;

-- The storage integration reads the landing bucket; the notification integration tells of alerts.
grant create integration on account to role retail_deployer;

-- The tasks that refresh the pipes and tell of what is wrong run in their owner's name, serverless.
grant execute task, execute managed task on account to role retail_deployer;

-- OPS.CREDITS tells what the stack was billed for, and asks as its owner: this lets it read the
-- usage of the account. Without it the view is empty, and nothing else is missing.
grant monitor usage on account to role retail_deployer;

-- What the role owns, the account's administrators manage.
grant role retail_deployer to role sysadmin;
