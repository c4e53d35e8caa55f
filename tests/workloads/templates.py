# What the template benchmark builds, for both engines: pystachio's names are there already.
#
# A process holds 11 tags (name 1, cmdline 7, env 2, cpu 1), a job and its task 4 more: 202 for 18 processes, 48 for 4. Four levels
# of structs: job, task, process, resources. Every job has another role, which all its command lines use.

class Resources(Struct):
  cpu = Required(Float)
  ram = Required(Integer)
  disk = Required(Integer)

class Process(Struct):
  name = Required(String)
  cmdline = Required(String)
  env = Map(String, String)
  resources = Resources
  max_failures = Default(Integer, 1)

class Task(Struct):
  name = Default(String, '{{processes[0].name}}')
  processes = List(Process)
  resources = Resources

class Job(Struct):
  name = Default(String, '{{task.name}}')
  role = Required(String)
  cluster = Required(String)
  environment = Required(String)
  instances = Default(Integer, 1)
  task = Required(Task)

class Settings(Struct):
  stage = Required(String)
  release = Required(String)
  archive = Default(String, 'app-{{release}}.tgz')
  heap = Default(Integer, 512)

SETTINGS = Settings(stage='prod', release='1.2.3')

def process(number):
  return Process(
    name='{{settings.stage}}_%d' % number,
    cmdline='run {{settings.archive}} -m {{settings.heap}} --as={{role}} --in={{environment}} --me={{name}} --at={{places[{{place}}]}}',
    env={'WHERE': '{{cluster}}', 'LOUD': '{{flags.loud}}'},
    resources=Resources(cpu='{{sizes[small]}}', ram=64, disk=64))

def job(processes, number):
  made = Job(
    role='role%d' % number, cluster='west', environment='{{settings.stage}}', instances=3,
    task=Task(
      processes=[process(i) for i in range(processes)],
      resources=Resources(cpu='{{sizes[large]}}', ram=1024, disk=1024)))
  return made.bind(
    settings=SETTINGS, place=1, flags={'loud': True},
    places=List(String)(['a', 'b', 'c']),
    sizes=Map(String, Float)({'small': 0.25, 'large': 4.0}))

one = job(18, 0)
many = [job(4, i) for i in range(1000)]
