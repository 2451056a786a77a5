/** The entry of the patient's page. Apart from the app: a patient loads nothing of what a clinician works with. */
import '@fontsource-variable/inter/wght.css';
import '../ui/tokens.css';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { PatientPage } from './PatientPage.tsx';
import { openPatientApi } from './patient-api.ts';

// A page brought back from the browser's cache could show a referral whose hour is over.
window.addEventListener('pageshow', (event) => {
  if (event.persisted) location.reload();
});

const root = document.getElementById('root');
if (!root) throw new Error('patient.html has no #root');
createRoot(root).render(
  <StrictMode>
    <PatientPage api={openPatientApi()} />
  </StrictMode>,
);
