//! Types and methods of Aurora's interface.
//!
//! Names and their order are from the IDL; ids have gaps and another order. `optional` marks a field that the IDL declares optional,
//! `= {…}` is a default. [`Reply`] and [`ApplicationException`] are thrift's and not in the IDL.

// Names are equal to the names of the IDL.
#![allow(non_upper_case_globals)]

use crate::thrift::{EnumType, Field, Literal, Method, Service, StructType, Type};

/// Declares a static for each enum, struct, union and method, and a list of each kind.
macro_rules! table {
    (
        enums { $($enumeration:ident { $($value:ident = $number:literal,)* })* }
        structs { $($kind:ident $record:ident { $($fields:tt)* })* }
        services { $($service:ident $(extends $base:ident)? {
            $($method:ident($($arguments:tt)*);)*
        })* }
    ) => {
        $(
            #[doc = concat!("The enum `", stringify!($enumeration), "`.")]
            pub static $enumeration: EnumType = EnumType {
                name: stringify!($enumeration),
                values: &[$((stringify!($value), $number)),*],
            };
        )*
        $(
            #[doc = concat!("The ", stringify!($kind), " `", stringify!($record), "`.")]
            pub static $record: StructType = StructType {
                name: stringify!($record),
                union: table!(@union $kind),
                fields: table!(@fields $($fields)*),
            };
        )*
        $($(
            #[doc = concat!("The method `", stringify!($method), "` of `", stringify!($service), "`.")]
            pub static $method: Method = Method {
                name: stringify!($method),
                arguments: StructType {
                    name: concat!(stringify!($method), "_args"),
                    union: false,
                    fields: table!(@fields $($arguments)*),
                },
            };
        )*)*
        $(
            #[doc = concat!("The service `", stringify!($service), "`.")]
            pub static $service: Service = Service {
                name: stringify!($service),
                extends: table!(@extends $($base)?),
                methods: &[$(&$method),*],
            };
        )*

        /// All enums.
        pub static ENUMS: &[&EnumType] = &[$(&$enumeration),*];

        /// All structs and unions, each after the ones that it contains.
        pub static STRUCTS: &[&StructType] = &[$(&$record),*];

        /// All services, each after the one that it extends.
        pub static SERVICES: &[&Service] = &[$(&$service),*];
    };
    (@union struct) => { false };
    (@union union) => { true };
    (@extends) => { None };
    (@extends $base:ident) => { Some(&$base) };
    (@fields $(
        $id:literal $name:ident: $ty:ident $(<$($of:ident),+>)? $($optional:ident)? $(= { $($default:tt)* })?
    ),* $(,)?) => {
        &[$(Field {
            id: $id,
            name: stringify!($name),
            ty: table!(@type $ty $($($of)+)?),
            optional: table!(@optional $($optional)?),
            default: table!(@default $({ $($default)* })?),
        }),*]
    };
    (@type bool) => { Type::Bool };
    (@type i32) => { Type::I32 };
    (@type i64) => { Type::I64 };
    (@type double) => { Type::Double };
    (@type string) => { Type::String };
    (@type list $of:ident) => { Type::List(&table!(@type $of)) };
    (@type set $of:ident) => { Type::Set(&table!(@type $of)) };
    (@type map $key:ident $of:ident) => { Type::Map(&table!(@type $key), &table!(@type $of)) };
    (@type $named:ident) => { $named.ty() };
    (@optional) => { false };
    (@optional optional) => { true };
    (@default) => { None };
    (@default $literal:tt) => { Some(table!(@literal $literal)) };
    (@literal { $($name:ident: $inner:tt),* }) => {
        Literal(&[$((stringify!($name), table!(@literal $inner))),*])
    };
}

table! {
    enums {
        ResponseCode {
            INVALID_REQUEST = 0,
            OK = 1,
            ERROR = 2,
            WARNING = 3,
            AUTH_FAILED = 4,
            JOB_UPDATING_ERROR = 5,
            ERROR_TRANSIENT = 6,
        }
        MaintenanceMode {
            NONE = 1,
            SCHEDULED = 2,
            DRAINING = 3,
            DRAINED = 4,
        }
        Mode {
            RW = 1,
            RO = 2,
        }
        CronCollisionPolicy {
            KILL_EXISTING = 0,
            CANCEL_NEW = 1,
            RUN_OVERLAP = 2,
        }
        ScheduleStatus {
            INIT = 11,
            THROTTLED = 16,
            PENDING = 0,
            ASSIGNED = 9,
            STARTING = 1,
            RUNNING = 2,
            FINISHED = 3,
            PREEMPTING = 13,
            RESTARTING = 12,
            DRAINING = 17,
            FAILED = 4,
            KILLED = 5,
            KILLING = 6,
            LOST = 7,
            PARTITIONED = 18,
        }
        JobUpdateStatus {
            ROLLING_FORWARD = 0,
            ROLLING_BACK = 1,
            ROLL_FORWARD_PAUSED = 2,
            ROLL_BACK_PAUSED = 3,
            ROLLED_FORWARD = 4,
            ROLLED_BACK = 5,
            ABORTED = 6,
            ERROR = 7,
            FAILED = 8,
            ROLL_FORWARD_AWAITING_PULSE = 9,
            ROLL_BACK_AWAITING_PULSE = 10,
        }
        JobUpdateAction {
            INSTANCE_UPDATED = 1,
            INSTANCE_ROLLED_BACK = 2,
            INSTANCE_UPDATING = 3,
            INSTANCE_ROLLING_BACK = 4,
            INSTANCE_UPDATE_FAILED = 5,
            INSTANCE_ROLLBACK_FAILED = 6,
        }
        JobUpdatePulseStatus {
            OK = 1,
            FINISHED = 2,
        }
    }
    structs {
        struct Identity {
            2 user: string,
        }
        struct Attribute {
            1 name: string,
            2 values: set<string>,
        }
        struct HostAttributes {
            1 host: string,
            2 attributes: set<Attribute>,
            3 mode: MaintenanceMode optional,
            4 slaveId: string optional,
        }
        struct ValueConstraint {
            1 negated: bool,
            2 values: set<string>,
        }
        struct LimitConstraint {
            1 limit: i32,
        }
        union TaskConstraint {
            1 value: ValueConstraint,
            2 limit: LimitConstraint,
        }
        struct Constraint {
            1 name: string,
            2 constraint: TaskConstraint,
        }
        struct Package {
            1 role: string,
            2 name: string,
            3 version: i32,
        }
        struct Metadata {
            1 key: string,
            2 value: string,
        }
        struct JobKey {
            1 role: string,
            2 environment: string,
            3 name: string,
        }
        union LockKey {
            1 job: JobKey,
        }
        struct Lock {
            1 key: LockKey,
            2 token: string,
            3 user: string,
            4 timestampMs: i64,
            5 message: string optional,
        }
        struct InstanceKey {
            1 jobKey: JobKey,
            2 instanceId: i32,
        }
        struct MesosFetcherURI {
            1 value: string,
            2 extract: bool optional,
            3 cache: bool optional,
            4 outputFile: string optional,
        }
        struct ExecutorConfig {
            1 name: string,
            2 data: string,
        }
        struct Volume {
            1 containerPath: string,
            2 hostPath: string,
            3 mode: Mode,
        }
        struct DockerImage {
            1 name: string,
            2 tag: string,
        }
        struct AppcImage {
            1 name: string,
            2 imageId: string,
        }
        union Image {
            1 docker: DockerImage,
            2 appc: AppcImage,
        }
        struct MesosContainer {
            1 image: Image optional,
            2 volumes: list<Volume> optional,
        }
        struct DockerParameter {
            1 name: string,
            2 value: string,
        }
        struct DockerContainer {
            1 image: string,
            2 parameters: list<DockerParameter> optional,
        }
        union Container {
            1 mesos: MesosContainer,
            2 docker: DockerContainer,
        }
        union Resource {
            1 numCpus: double,
            2 ramMb: i64,
            3 diskMb: i64,
            4 namedPort: string,
            5 numGpus: i64,
        }
        struct PartitionPolicy {
            1 reschedule: bool,
            2 delaySecs: i64 optional,
        }
        struct PercentageSlaPolicy {
            1 percentage: double,
            2 durationSecs: i64,
        }
        struct CountSlaPolicy {
            1 count: i64,
            2 durationSecs: i64,
        }
        struct CoordinatorSlaPolicy {
            1 coordinatorUrl: string,
            2 statusKey: string,
        }
        union SlaPolicy {
            1 percentageSlaPolicy: PercentageSlaPolicy,
            2 countSlaPolicy: CountSlaPolicy,
            3 coordinatorSlaPolicy: CoordinatorSlaPolicy,
        }
        struct TaskConfig {
            28 job: JobKey,
            17 owner: Identity,
            7 isService: bool,
            11 priority: i32,
            13 maxTaskFailures: i32,
            18 production: bool optional,
            30 tier: string optional,
            32 resources: set<Resource>,
            20 constraints: set<Constraint>,
            33 mesosFetcherUris: set<MesosFetcherURI> optional,
            22 taskLinks: map<string, string> optional,
            23 contactEmail: string optional,
            25 executorConfig: ExecutorConfig optional,
            27 metadata: set<Metadata> optional,
            34 partitionPolicy: PartitionPolicy optional,
            35 slaPolicy: SlaPolicy optional,
            29 container: Container = { mesos: {} },
        }
        struct ResourceAggregate {
            4 resources: set<Resource>,
        }
        struct JobConfiguration {
            9 key: JobKey,
            7 owner: Identity,
            4 cronSchedule: string optional,
            5 cronCollisionPolicy: CronCollisionPolicy,
            6 taskConfig: TaskConfig,
            8 instanceCount: i32,
        }
        struct JobStats {
            1 activeTaskCount: i32,
            2 finishedTaskCount: i32,
            3 failedTaskCount: i32,
            4 pendingTaskCount: i32,
        }
        struct JobSummary {
            1 job: JobConfiguration,
            2 stats: JobStats,
            3 nextCronRunMs: i64 optional,
        }
        struct Range {
            1 first: i32,
            2 last: i32,
        }
        struct ConfigGroup {
            1 config: TaskConfig,
            3 instances: set<Range>,
        }
        struct ConfigSummary {
            1 key: JobKey,
            2 groups: set<ConfigGroup>,
        }
        struct PopulateJobResult {
            2 taskConfig: TaskConfig,
        }
        struct GetQuotaResult {
            1 quota: ResourceAggregate,
            2 prodSharedConsumption: ResourceAggregate optional,
            3 nonProdSharedConsumption: ResourceAggregate optional,
            4 prodDedicatedConsumption: ResourceAggregate optional,
            5 nonProdDedicatedConsumption: ResourceAggregate optional,
        }
        struct TaskEvent {
            1 timestamp: i64,
            2 status: ScheduleStatus,
            3 message: string optional,
            4 scheduler: string optional,
        }
        struct AssignedTask {
            1 taskId: string,
            2 slaveId: string,
            3 slaveHost: string,
            4 task: TaskConfig,
            5 assignedPorts: map<string, i32>,
            6 instanceId: i32,
        }
        struct ScheduledTask {
            1 assignedTask: AssignedTask,
            2 status: ScheduleStatus,
            3 failureCount: i32,
            6 timesPartitioned: i32,
            4 taskEvents: list<TaskEvent>,
            5 ancestorId: string,
        }
        struct ScheduleStatusResult {
            1 tasks: list<ScheduledTask>,
        }
        struct GetJobsResult {
            1 configs: set<JobConfiguration>,
        }
        struct TaskQuery {
            14 role: string optional,
            9 environment: string optional,
            2 jobName: string optional,
            4 taskIds: set<string> optional,
            5 statuses: set<ScheduleStatus> optional,
            7 instanceIds: set<i32> optional,
            10 slaveHosts: set<string> optional,
            11 jobKeys: set<JobKey> optional,
            12 offset: i32 optional,
            13 limit: i32 optional,
        }
        struct HostStatus {
            1 host: string,
            2 mode: MaintenanceMode,
        }
        struct RoleSummary {
            1 role: string,
            2 jobCount: i32,
            3 cronJobCount: i32,
        }
        struct Hosts {
            1 hostNames: set<string>,
        }
        struct PendingReason {
            1 taskId: string,
            2 reason: string,
        }
        struct JobUpdateKey {
            1 job: JobKey,
            2 id: string,
        }
        struct QueueJobUpdateStrategy {
            1 groupSize: i32,
        }
        struct BatchJobUpdateStrategy {
            1 groupSize: i32,
            2 autopauseAfterBatch: bool,
        }
        struct VariableBatchJobUpdateStrategy {
            1 groupSizes: list<i32>,
            2 autopauseAfterBatch: bool,
        }
        union JobUpdateStrategy {
            1 queueStrategy: QueueJobUpdateStrategy,
            2 batchStrategy: BatchJobUpdateStrategy,
            3 varBatchStrategy: VariableBatchJobUpdateStrategy,
        }
        struct JobUpdateSettings {
            1 updateGroupSize: i32,
            2 maxPerInstanceFailures: i32,
            3 maxFailedInstances: i32,
            5 minWaitInInstanceRunningMs: i32,
            6 rollbackOnFailure: bool,
            7 updateOnlyTheseInstances: set<Range>,
            8 waitForBatchCompletion: bool,
            9 blockIfNoPulsesAfterMs: i32 optional,
            10 slaAware: bool optional,
            11 updateStrategy: JobUpdateStrategy optional,
        }
        struct JobUpdateEvent {
            1 status: JobUpdateStatus,
            2 timestampMs: i64,
            3 user: string optional,
            4 message: string optional,
        }
        struct JobInstanceUpdateEvent {
            1 instanceId: i32,
            2 timestampMs: i64,
            3 action: JobUpdateAction,
            4 message: string optional,
        }
        struct InstanceTaskConfig {
            1 task: TaskConfig,
            2 instances: set<Range>,
        }
        struct JobUpdateState {
            1 status: JobUpdateStatus,
            2 createdTimestampMs: i64,
            3 lastModifiedTimestampMs: i64,
        }
        struct JobUpdateSummary {
            5 key: JobUpdateKey,
            3 user: string,
            4 state: JobUpdateState,
            6 metadata: set<Metadata> optional,
        }
        struct JobUpdateInstructions {
            1 initialState: set<InstanceTaskConfig>,
            2 desiredState: InstanceTaskConfig,
            3 settings: JobUpdateSettings,
        }
        struct JobUpdate {
            1 summary: JobUpdateSummary,
            2 instructions: JobUpdateInstructions,
        }
        struct JobUpdateDetails {
            1 update: JobUpdate,
            2 updateEvents: list<JobUpdateEvent>,
            3 instanceEvents: list<JobInstanceUpdateEvent>,
        }
        struct JobUpdateRequest {
            1 taskConfig: TaskConfig,
            2 instanceCount: i32,
            3 settings: JobUpdateSettings,
            4 metadata: set<Metadata> optional,
        }
        struct JobUpdateQuery {
            2 role: string,
            8 key: JobUpdateKey,
            3 jobKey: JobKey,
            4 user: string,
            5 updateStatuses: set<JobUpdateStatus>,
            6 offset: i32,
            7 limit: i32,
        }
        struct HostMaintenanceRequest {
            1 host: string,
            2 defaultSlaPolicy: SlaPolicy,
            3 timeoutSecs: i64,
            4 createdTimestampMs: i64,
        }
        struct ListBackupsResult {
            1 backups: set<string>,
        }
        struct StartMaintenanceResult {
            1 statuses: set<HostStatus>,
        }
        struct DrainHostsResult {
            1 statuses: set<HostStatus>,
        }
        struct QueryRecoveryResult {
            1 tasks: set<ScheduledTask>,
        }
        struct MaintenanceStatusResult {
            1 statuses: set<HostStatus>,
        }
        struct EndMaintenanceResult {
            1 statuses: set<HostStatus>,
        }
        struct RoleSummaryResult {
            1 summaries: set<RoleSummary>,
        }
        struct JobSummaryResult {
            1 summaries: set<JobSummary>,
        }
        struct ConfigSummaryResult {
            1 summary: ConfigSummary,
        }
        struct GetPendingReasonResult {
            1 reasons: set<PendingReason>,
        }
        struct StartJobUpdateResult {
            1 key: JobUpdateKey,
            2 updateSummary: JobUpdateSummary optional,
        }
        struct GetJobUpdateSummariesResult {
            1 updateSummaries: list<JobUpdateSummary>,
        }
        struct GetJobUpdateDetailsResult {
            1 details: JobUpdateDetails,
            2 detailsList: list<JobUpdateDetails>,
        }
        struct PulseJobUpdateResult {
            1 status: JobUpdatePulseStatus,
        }
        struct GetJobUpdateDiffResult {
            1 add: set<ConfigGroup>,
            2 remove: set<ConfigGroup>,
            3 update: set<ConfigGroup>,
            4 unchanged: set<ConfigGroup>,
        }
        struct TierConfig {
            1 name: string,
            2 settings: map<string, string>,
        }
        struct GetTierConfigResult {
            1 defaultTierName: string,
            2 tiers: set<TierConfig>,
        }
        struct ServerInfo {
            1 clusterName: string,
            3 statsUrlPrefix: string,
        }
        union Result {
            1 populateJobResult: PopulateJobResult,
            3 scheduleStatusResult: ScheduleStatusResult,
            4 getJobsResult: GetJobsResult,
            5 getQuotaResult: GetQuotaResult,
            6 listBackupsResult: ListBackupsResult,
            7 startMaintenanceResult: StartMaintenanceResult,
            8 drainHostsResult: DrainHostsResult,
            9 queryRecoveryResult: QueryRecoveryResult,
            10 maintenanceStatusResult: MaintenanceStatusResult,
            11 endMaintenanceResult: EndMaintenanceResult,
            17 roleSummaryResult: RoleSummaryResult,
            18 jobSummaryResult: JobSummaryResult,
            20 configSummaryResult: ConfigSummaryResult,
            21 getPendingReasonResult: GetPendingReasonResult,
            22 startJobUpdateResult: StartJobUpdateResult,
            23 getJobUpdateSummariesResult: GetJobUpdateSummariesResult,
            24 getJobUpdateDetailsResult: GetJobUpdateDetailsResult,
            25 pulseJobUpdateResult: PulseJobUpdateResult,
            26 getJobUpdateDiffResult: GetJobUpdateDiffResult,
            27 getTierConfigResult: GetTierConfigResult,
        }
        struct ResponseDetail {
            1 message: string,
        }
        struct Response {
            1 responseCode: ResponseCode,
            5 serverInfo: ServerInfo,
            3 result: Result optional,
            6 details: list<ResponseDetail>,
        }
        struct ExplicitReconciliationSettings {
            1 batchSize: i32 optional,
        }
    }
    services {
        ReadOnlyScheduler {
            getRoleSummary();
            getJobSummary(1 role: string);
            getTasksStatus(1 query: TaskQuery);
            getTasksWithoutConfigs(1 query: TaskQuery);
            getPendingReason(1 query: TaskQuery);
            getConfigSummary(1 job: JobKey);
            getJobs(1 ownerRole: string);
            getQuota(1 ownerRole: string);
            populateJobConfig(1 description: JobConfiguration);
            getJobUpdateSummaries(1 jobUpdateQuery: JobUpdateQuery);
            getJobUpdateDetails(1 key: JobUpdateKey, 2 query: JobUpdateQuery);
            getJobUpdateDiff(1 request: JobUpdateRequest);
            getTierConfigs();
        }
        AuroraSchedulerManager extends ReadOnlyScheduler {
            createJob(1 description: JobConfiguration);
            scheduleCronJob(1 description: JobConfiguration);
            descheduleCronJob(4 job: JobKey);
            startCronJob(4 job: JobKey);
            restartShards(5 job: JobKey, 3 shardIds: set<i32>);
            killTasks(4 job: JobKey, 5 instances: set<i32>, 6 message: string);
            addInstances(3 key: InstanceKey, 4 count: i32);
            replaceCronTemplate(1 config: JobConfiguration);
            startJobUpdate(1 request: JobUpdateRequest, 3 message: string);
            pauseJobUpdate(1 key: JobUpdateKey, 3 message: string);
            resumeJobUpdate(1 key: JobUpdateKey, 3 message: string);
            abortJobUpdate(1 key: JobUpdateKey, 3 message: string);
            rollbackJobUpdate(1 key: JobUpdateKey, 2 message: string);
            pulseJobUpdate(1 key: JobUpdateKey);
        }
        AuroraAdmin extends AuroraSchedulerManager {
            setQuota(1 ownerRole: string, 2 quota: ResourceAggregate);
            forceTaskState(1 taskId: string, 2 status: ScheduleStatus);
            performBackup();
            listBackups();
            stageRecovery(1 backupId: string);
            queryRecovery(1 query: TaskQuery);
            deleteRecoveryTasks(1 query: TaskQuery);
            commitRecovery();
            unloadRecovery();
            startMaintenance(1 hosts: Hosts);
            drainHosts(1 hosts: Hosts);
            maintenanceStatus(1 hosts: Hosts);
            endMaintenance(1 hosts: Hosts);
            slaDrainHosts(1 hosts: Hosts, 2 defaultSlaPolicy: SlaPolicy, 3 timeoutSecs: i64);
            snapshot();
            triggerExplicitTaskReconciliation(1 settings: ExplicitReconciliationSettings);
            triggerImplicitTaskReconciliation();
            pruneTasks(1 query: TaskQuery);
        }
    }
}

/// Reply of a method, with the response in field 0.
pub static Reply: StructType = StructType {
    name: "Reply",
    union: false,
    fields: table!(@fields 0 success: Response),
};

/// Failure of a server to handle a call, as thrift declares it.
pub static ApplicationException: StructType = StructType {
    name: "ApplicationException",
    union: false,
    fields: table!(@fields 1 message: string, 2 type: i32),
};

/// Returns the struct or union with this name.
pub fn structure(name: &str) -> Option<&'static StructType> {
    let mut structs = STRUCTS.iter().copied();
    structs.find(|known| known.name == name)
}

/// Returns the method with this name, of any service: all services have one address.
pub fn method(name: &str) -> Option<&'static Method> {
    let mut methods = SERVICES.iter().flat_map(|service| service.methods);
    methods.find(|known| known.name == name).copied()
}
